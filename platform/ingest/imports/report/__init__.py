"""What an import found and did."""
