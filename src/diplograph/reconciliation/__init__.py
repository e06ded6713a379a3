"""Names of tables to entities: matching by name, class, office, date and state, and the service that offers it."""
