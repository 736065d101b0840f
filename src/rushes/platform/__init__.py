"""What Rushes stands on and that knows nothing of jobs: database, storage, media, secrets."""
