"""Search: hybrid, filtered, ranked by citable provision."""
