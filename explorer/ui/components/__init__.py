"""Elements that draw in the browser, each with its JavaScript and CSS; they know no session."""
