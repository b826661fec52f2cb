"""What those who watch a run or a race are told, by one stream a tab."""
