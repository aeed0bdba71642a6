# Sets what the deployment decides in Greenlight's database, at every update: people may change it in between, and it comes back.
rooms = {
  # Guests wait for a moderator in every room.
  'guestPolicy' => 'true',
  'glAnyoneJoinAsModerator' => 'false',
  # Off unless the owner of a room turns it on, or off for good.
  'record' => ENV.fetch('RECORDINGS') == 'true' ? 'optional' : 'false'
}
rooms.each do |name, value|
  RoomsConfiguration.find_by!(meeting_option: MeetingOption.find_by!(name: name), provider: 'greenlight').update!(value: value)
end

# Whoever watches a recording has a link that works once. Without a page that lists it, and never without protection.
site = { 'DefaultRecordingVisibility' => Recording::VISIBILITIES.fetch(:protected) }
logo = SiteSetting.find_by!(setting: Setting.find_by!(name: 'BrandingImage'), provider: 'greenlight')
# Without its pages, the migration would have taken an address at GitHub.
site['BrandingImage'] = ActionController::Base.helpers.image_path('bbb_logo.png') unless logo.image.attached?
site.each do |name, value|
  SiteSetting.find_by!(setting: Setting.find_by!(name: name), provider: 'greenlight').update!(value: value)
end

protected_only = Recording::VISIBILITIES.values_at(:protected, :public_protected).to_s
Permission.find_by!(name: 'AccessToVisibilities').role_permissions.find_each { |one| one.update!(value: protected_only) }
