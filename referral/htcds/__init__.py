"""The HTCDS spreadsheet: how existing cases come in, and how any case goes back out."""
