"""The JSON API: the same questions and acts as the pages, for programs, under `/api/v1`. `app.create_api(context)` gives it."""
