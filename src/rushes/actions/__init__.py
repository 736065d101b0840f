"""What a person can do, one function each: the API's routes and the command line call the same ones."""
