"""Pictures: reading them, keeping them, finding them again."""
