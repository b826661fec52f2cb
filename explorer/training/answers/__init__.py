"""What a trained network answers to the test pictures, as a file, and what the answers add up to."""
