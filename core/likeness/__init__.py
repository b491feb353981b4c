"""How alike two posts are in what they tell, whatever their words, in Polish or English."""
