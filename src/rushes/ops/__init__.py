"""Operations: the storage, its archive, and the sweep that makes room."""
