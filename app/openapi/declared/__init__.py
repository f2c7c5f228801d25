"""What collections add to the document: operations on their documents and views, with the types declared."""
