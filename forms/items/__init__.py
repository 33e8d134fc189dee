"""Service items: guide elements, decision points and forms as schema-checked YAML."""
