"""What Python itself brings: functions, the methods of its values, and modules of its library."""
