"""What is printed of an event, and what a participant takes home."""
