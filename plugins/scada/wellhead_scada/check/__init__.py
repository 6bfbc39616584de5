"""What `wellhead plugin check` asks of a driver, and the exam that finds out."""
