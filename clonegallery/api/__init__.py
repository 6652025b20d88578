"""The JSON API: parses, authorises, calls one service, answers."""
