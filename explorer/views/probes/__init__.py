"""What happens inside a network while it trains, in words and figures."""
