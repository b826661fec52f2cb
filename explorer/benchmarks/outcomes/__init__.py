"""What training comes to: the texts' recipes beside their own programs, and how soon a network is good."""
