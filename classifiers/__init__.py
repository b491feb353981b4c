"""What a post says: rules and models, items in, findings out."""
