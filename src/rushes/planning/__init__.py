"""Planning: which provider makes a job, with which settings, and why."""
