"""What a question about history comes to: pure functions on columns of readings and buckets."""
