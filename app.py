"""Run Relief's debugging server: python app.py."""

if __name__ == "__main__":
    import os

    from app import create_app
    from app.settings import read_settings

    settings = read_settings(os.environ)
    create_app(settings).run(host=settings.host, port=settings.port, debug=True)
