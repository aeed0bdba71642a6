# The program's own configuration of Puma, after what the program itself has no variable for.
require "/scripts/store.rb" if ENV["STORE_ENDPOINT"]

# Files of Greenlight go through Greenlight, in place of a redirect of browsers and meeting servers to the store.
if ENV["SERVE_FILES"]
  require "active_support"
  ActiveSupport.on_load(:before_initialize, yield: true) do |app|
    app.config.active_storage.resolve_model_to_route = :rails_storage_proxy
  end
end

instance_eval(File.read("config/puma.rb"), "config/puma.rb")
