# The program's own configuration of Puma, with the S3 store set before the program is loaded.
require "/scripts/store.rb" if ENV["STORE_ENDPOINT"]
instance_eval(File.read("config/puma.rb"), "config/puma.rb")
