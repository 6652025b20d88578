"""What makes pictures: a port, an adapter per provider, and the choice between them."""
