"""What the pages are made of. Each draws pieces and posts messages; none knows another."""
