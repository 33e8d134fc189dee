"""The HTTP API under /api/v1: thin handlers, one service call each.

1. ``registry`` lists the blueprints; each view names who may call it (``web.security.access``).
2. ``body`` reads a JSON body and holds it to the schema of the same OpenAPI document that is published.
3. ``serialise`` turns what services return into JSON.
4. ``document`` joins the OpenAPI document from its parts.
"""
