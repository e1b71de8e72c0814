"""What people look at: figures, tables and model cards. Nothing here computes a result."""
