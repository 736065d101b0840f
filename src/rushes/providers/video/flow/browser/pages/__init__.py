"""The places of Flow a person goes to, one module each; methods are named after what a person does there."""
