"""What those who watch a run, a race or all of their own are told, by one stream a tab."""
