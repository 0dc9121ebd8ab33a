"""What pages are made of: functions from plain values to Dash components and chart dicts."""
