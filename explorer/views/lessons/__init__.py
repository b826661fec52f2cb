"""Claims and quizzes in words."""
