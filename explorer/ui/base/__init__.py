"""What every page stands on: the session, the frame, the server's shared things, inputs and links."""
