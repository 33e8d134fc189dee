"""帮办: an officer watches a draft with the applicant's consent and proposes values."""
