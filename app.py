"""Run Relief's debugging server: python app.py."""

if __name__ == "__main__":
    import os

    from app import create_app
    from app.settings import read_settings

    settings = read_settings(os.environ)
    # Flask's own: Dash's would add to a server that has answered its first request already, which Flask does not allow
    create_app(settings).server.run(host=settings.host, port=settings.port, debug=True)
