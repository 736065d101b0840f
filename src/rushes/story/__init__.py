"""Stories: a topic, notes or a finished text becomes a narrated film."""
