"""Speech as samples and words: sound files, sentences, embedded voices, and when each word is heard."""
