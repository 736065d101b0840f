"""What leaves the installation to say that something happened: webhooks, and notices to people."""
