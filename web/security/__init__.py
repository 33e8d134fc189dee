"""Who may call what: sessions, CSRF, access of each route, rate limits, headers."""
