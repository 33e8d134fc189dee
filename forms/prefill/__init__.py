"""Values from the applicant's own historical records, each with a receipt."""
