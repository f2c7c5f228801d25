"""HTTP routes: they read a request, call one command or query, and write the answer. No rules live here."""
