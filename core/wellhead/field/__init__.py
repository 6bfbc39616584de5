"""What drivers and readings are made of: batches, qualities and the driver contract."""
