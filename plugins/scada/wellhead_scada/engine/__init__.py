"""The scan engine: asyncio only, no Flask, no database, testable with drivers in memory."""
