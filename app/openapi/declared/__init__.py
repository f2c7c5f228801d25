"""What collections add to the document: the operations on their documents and views, with the types declared."""
