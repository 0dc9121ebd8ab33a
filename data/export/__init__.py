"""Tables as files: CSV and XLSX, with unit, definition, period, filters, source and data-as-of beside the numbers."""
