"""Projects: folders of jobs."""
