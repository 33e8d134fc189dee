"""Who is to be told of a policy: tags, requirements with their days, conditions, pushes."""
