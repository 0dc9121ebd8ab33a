"""Reference data of the city as files: regions, district shapes, calendar, limits, targets."""
