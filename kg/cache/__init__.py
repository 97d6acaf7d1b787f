"""What is kept between runs, by the content it was made from."""

__all__: list[str] = []
