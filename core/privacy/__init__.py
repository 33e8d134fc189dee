"""Personal data and classification marks: found, masked, refused."""
