"""One module per page: its addresses, what it asks the store, what it hands to its template."""
