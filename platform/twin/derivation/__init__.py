"""Which asset feeds which, as a drawing shows it (ADR 81). Pure."""
